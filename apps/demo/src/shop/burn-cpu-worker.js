import { workerData } from 'node:worker_threads'
import { burnCpu } from './burn-cpu.js'

burnCpu(workerData)
