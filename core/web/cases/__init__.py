"""The pages on which cases are worked: applications, accreditations, filing, and the forms around them."""
