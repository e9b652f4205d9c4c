"""Pure rules: no Telegram, SQL, files, clock or environment. Dates come in as arguments."""
