"""Claims: a party that is there is given to nobody who registers it, but claimed with proof."""
