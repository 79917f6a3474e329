"""Documents to download, and uploaded files as they come in and go out; services say who may have which."""
