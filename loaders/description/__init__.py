"""From deliveries to named graphs: sources described, registers selected from, rules applied."""
