/** The same on every database, to the end. */
import './findings.test.js'
