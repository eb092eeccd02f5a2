import { Router } from 'express'
import multer from 'multer'
import { insertRow } from '../database/insert-row.js'
import { ShopError } from '../http/errors.js'

const upload = multer({
  storage: multer.memoryStorage(),
  limits: { fileSize: 2 * 1024 * 1024, files: 1 },
  fileFilter: (_req, file, done) => done(null, file.mimetype.startsWith('image/')),
})

export function sellRoutes({ db, bus }) {
  const router = Router()

  router.get('/sell', function showSellForm(_req, res) {
    res.render('sell')
  })

  router.post('/sell', upload.single('photo'), async function takeOffer(req, res) {
    const { title = '', email = '', state = '', note = '' } = req.body ?? {}
    if (title.trim() === '' || !email.includes('@')) throw new ShopError(422, 'We need the title of the book and your email.')
    const id = await insertRow(db, 'submissions', {
      title: title.slice(0, 300),
      email: email.slice(0, 160),
      state: state.slice(0, 20),
      note: note.slice(0, 2000),
      photo_bytes: req.file?.size ?? 0,
      received_at: new Date(),
    })
    req.log.info({ submission: id, photo: req.file?.originalname }, 'a book is offered')
    bus.emit('submission:received', { id })
    req.session.notice = `Thank you. We will write to ${email} about “${title}” within a week.`
    res.redirect('/sell')
  })

  return router
}
