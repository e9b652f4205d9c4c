"""How the model in `bot/understanding/model/` is made from `knowledge/`; needs the extra `training`."""
