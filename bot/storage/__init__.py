"""The database: people, cases, relayed words, what is to be sent, statistics, migrations."""
