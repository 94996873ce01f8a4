"""Where everything is: areas by official code, households and their contact points, season and calendar."""
