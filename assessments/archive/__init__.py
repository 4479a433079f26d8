"""What an archive holds for people to read, and how much of the record each may take: cuts, forms, pages."""
