"""What people type until the register has it: whose page it stands on, and how it is shown again unsent."""
