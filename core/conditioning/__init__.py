"""What a network is told: words, layouts, cameras."""
