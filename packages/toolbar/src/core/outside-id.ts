/** id of the record of what ran outside of requests; request ids are longer */
export const outsideId = 'outside'
