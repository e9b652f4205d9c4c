"""A small faithful Telegram Bot API on loopback, and the harness that runs the real bot against it."""
