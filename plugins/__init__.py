"""The five programmes that come with the register, one package each."""
