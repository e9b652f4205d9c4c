"""python-telegram-bot only: unpack an update, call the conversation, send what it says."""
