"""The volunteers' side on Telegram."""
