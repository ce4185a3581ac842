"""How the project makes its own networks: synthetic people, training, evaluation, export. The only room with torch."""
