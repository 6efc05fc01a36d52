"""Begins a site: writes its settings, its policy, its privacy policy and its first user, and overwrites nothing."""
