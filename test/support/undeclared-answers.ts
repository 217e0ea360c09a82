/** What answers were not as they are documented; each test's own are looked at when it ends (hold-answers). */
export const undeclaredAnswers: string[] = [];
