/** An invented règlement intérieur, for the demonstration alone: a real portal is given the institution's own. */
export const charter = `# One account, one person

Your account is personal. You lend neither your login nor your password, not even to a colleague, not even to the helpdesk.

# What you may do

You use the digital tools to study, teach, research or work. Reasonable private use is accepted.

# What you do not do

You do not try to enter where you have no right to go. You respect other people, copyright and the law.

# What the institution does

The institution protects your data and says what it keeps. It may suspend an account that endangers others, and tells you.

# If something is wrong

You report a lost password, a strange mail or a stolen device to the helpdesk at once.`
