const FIRST =
  `Ines Tomás Orla Anselm Mei Sanna Piotr Dalia Hugo Niamh Elif Jonas Ada Bruno Yara Per Clara Owen Freya Mateo Siobhán Łukasz Zoë Renée
Björn Ngozi Kwame Amara Chidi Leilani Priya Arjun Nadia Omar Farah Selma Emre Anouk Joost Lieke Aoife Cormac Bronwyn Rhys Isla Hamish Greta Otto
Ilse Jürgen Katalin Zsófia Bence Milica Goran Ivana Petra Tomáš Ondřej Jūratė Andris Kersti Aino Veikko Solveig Ragnhild Guðrún Einar Beatriz João
Lourdes Íñigo Maite Thérèse Étienne Odile Giulia Saverio Vittoria Nonna Thandiwe Sipho Wanjiru Kamau Abebe Tsion`.split(/\s+/)
const LAST =
  `Varga Oyelaran Penhallow Roy Tanaka Halloran Lehto Wren Amsel Brandt Okafor Sezen Hale Marsh Castell Nim Lindqvist Voss Teague Ashdown
Bellweather O’Connor D’Angelo Müller Østergaard Håkansson Núñez Peña Gonçalves Kovač Żeromska Dvořák Szabó Ionescu Popović Mäkinen Jónsdóttir
Van-der-Berg de-la-Cruz Adeyemi Mensah Diallo Achieng Mbeki Iyer Chatterjee Rahman Haddad Yılmaz Demir Petrosyan Beridze Tamm Bērziņš Kazlauskas
Quint Larkspur Thornbury Fairweather Holloway Mapplewell Underhill Crane Ferris Gallow Lovelace Merriweather`.split(/\s+/)
const COUNTRIES = [
  ...['Ireland', 'Portugal', 'Hungary', 'Nigeria', 'Finland', 'Japan', 'Türkiye', 'Norway', 'Poland', 'Spain', 'Kenya'],
  ...['India', 'Lebanon', 'Canada', 'Chile', 'Iceland', 'Georgia', 'Estonia', 'Ghana', 'Scotland', 'Wales', 'Italy'],
]

/** [name, country, titles]: writers whose books the shop keeps in their own script. */
export const WORLD_AUTHORS = [
  ['الجاحظ', 'Iraq', ['كتاب الحيوان', 'البيان والتبيين']],
  ['ليلى المنصوري', 'Morocco', ['رسائل إلى المنارة', 'بيت على حافة البحر']],
  ['سعيد الحداد', 'Lebanon', ['مدينة من ملح وضوء']],
  ['نوال درويش', 'Egypt', ['ليل الميناء الطويل', 'خرائط النسيان: رواية']],
  ['שירה לבנון', 'Israel', ['מגדלור בערפל', 'שבעה מיני אבק']],
  ['יואב כרמי', 'Israel', ['המכתב שלא נשלח']],
  ['פריידל הורוויץ', 'Poland', ['די לעצטע באַן אַהיים']],
  ['مریم شیرازی', 'Iran', ['باغ شیشه‌ای']],
  ['林秋水', 'China', ['鹽與線', '海邊的圖書館']],
  ['王慕雲', 'Taiwan', ['霧的說明書']],
  ['陈望舒', 'China', ['最后一班电车', '安静的索引：一部小说']],
  ['田中芽衣', 'Japan', ['静かな索引', '灯台への手紙']],
  ['小川たまき', 'Japan', ['冬の算数', 'パレルモ行きの夜行船']],
  ['ヤマモト・レン', 'Japan', ['潮だまり 🌊']],
  ['김서연', 'South Korea', ['등대에게 보내는 편지', '유리 과수원']],
  ['Ελένη Παπαδοπούλου', 'Greece', ['Το αλάτι και το νήμα', 'Γράμματα σε έναν φάρο']],
  ['Νίκος Καλλέργης', 'Greece', ['Νυχτερινό πλοίο για το Παλέρμο']],
  ['Анна Северцева', 'Latvia', ['Письма маяку', 'Зимняя арифметика']],
  ['Тарас Коваленко', 'Ukraine', ['Останній трамвай додому', 'Їжак і туман']],
  ['Милена Петкова', 'Bulgaria', ['Стъклени градини']],
  ['अनुराधा शर्मा', 'India', ['काँच के बाग़', 'नमक, धागा, हड्डी']],
  ['विक्रम जोशी', 'India', ['आख़िरी ट्राम']],
  ['অমৃতা সেন', 'Bangladesh', ['নীরব সূচিপত্র']],
  ['தமிழ்ச்செல்வி ராஜன்', 'India', ['கடலோர நூலகம்']],
  ['สมชาย วงศ์ไทย', 'Thailand', ['จดหมายถึงประภาคาร']],
  ['ნინო ბერიძე', 'Georgia', ['წერილები შუქურას']],
  ['Արամ Պետրոսյան', 'Armenia', ['Աղ և թել']],
  ['አበበ ተስፋዬ', 'Ethiopia', ['የመጨረሻው ትራም']],
]

export function createPeople(random) {
  const taken = new Set()
  const name = () => {
    for (;;) {
      const initials = random.chance(0.12) ? `${random.pick([...'ABCDEFGHJKLMNPRSTW'])}. ` : ''
      const full = `${random.pick(FIRST)} ${initials}${random.pick(LAST).replaceAll('-', ' ')}`
      if (!taken.has(full)) {
        taken.add(full)
        return full
      }
    }
  }
  return { name, claim: (full) => taken.add(full), country: () => random.pick(COUNTRIES), city: () => random.pick(CITIES) }
}

const CITIES = [
  'Cork',
  'Porto',
  'Pécs',
  'Ibadan',
  'Turku',
  'Kanazawa',
  'İzmir',
  'Bergen',
  'Gdańsk',
  'Málaga',
  'Mombasa',
  'Kochi',
  'Trieste',
  'Łódź',
]
