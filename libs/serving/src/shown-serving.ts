/** What --serving says, as it may be kept and shown: without user and password of its addresses. */
export const shownServing = (text: string): string => text.replace(/\/\/[^/@#\s]*@/g, '//***@');
