"""Co-operatives UK open data: co-operatives of the United Kingdom, their outlets and accounts."""
