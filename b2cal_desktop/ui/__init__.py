"""All Qt: draws one frozen AppState, and hands back what the user asks for."""
