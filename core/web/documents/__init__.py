"""Documents to download; the services behind them look at who may have which."""
