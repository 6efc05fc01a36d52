"""Opens a page as a visitor does, and says what it stores and contacts, and whether Forecourt's tag works there."""
