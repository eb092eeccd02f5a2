export type ServiceName = 'pg' | 'mysql' | 'redis'
export declare const services: Record<ServiceName, { label: string; env: string; url: string; port: number }>
export declare function requireAll(): boolean
export declare function serviceUrl(name: ServiceName): string
export declare function reachable(name: ServiceName): Promise<boolean>
export declare function missingLine(): Promise<string | null>
