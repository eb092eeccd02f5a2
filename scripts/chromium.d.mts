export declare function findChromium(): string | null
export declare function ensureChromium(): Promise<string | null>
export declare function chromiumArgs(): string[]
export declare const howToGetChromium: string
