"""Who the user is: secrets and sign-in."""
