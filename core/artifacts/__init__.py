"""What a job makes and keeps: files with the recipe to make them again."""
