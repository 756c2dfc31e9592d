/** ’ for the apostrophe: authors type plain quotes. */
export const typesetEnglish = (text: string) => text.replace(/(?<=\p{L})'(?=[\p{L}{]|\s|$)/gu, '’')
