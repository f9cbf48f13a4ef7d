"""The small web service of the newsletter: subscribe, confirm, choose, unsubscribe. GET shows, POST acts."""
