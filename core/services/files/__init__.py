"""Files as they come in: what they are by their bytes, and tables read and given back."""
