"""What every page stands in: the request, who may what, language, menu, how values are shown."""
