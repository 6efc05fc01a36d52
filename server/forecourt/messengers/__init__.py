"""Links to messengers: other companies' services, whose addresses are shown once a visitor has agreed."""
