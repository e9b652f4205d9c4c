"""Kenri: a Telegram bot that tells technical intern trainees in Japan their rights and who can help now."""

__version__ = "0.1.0"
