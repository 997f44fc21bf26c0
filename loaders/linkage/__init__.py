"""Which records of lists are which enterprises of a register: candidates, scores, decisions."""
