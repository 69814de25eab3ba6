"""PostgreSQL as Django knows it, within the budget of whoever asks us: `ENGINE` of the settings."""
