"""What an authority can set: parameters, readings, operational numbers, holidays."""
