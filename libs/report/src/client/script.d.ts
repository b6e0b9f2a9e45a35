/** The one script of the page. Its functions use the page alone and each other as arguments. */
export declare const clientScript: string;
