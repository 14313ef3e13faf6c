package record

import "github.com/cockroachdb/apd/v3"

// DecimalSum adds decimals exactly: only the sum itself can have too many
// digits, whatever the order. The zero DecimalSum is 0.
type DecimalSum struct {
	sum  Decimal
	wide *apd.BigInt // in units of 10^-38, once sum could not hold it; nil: not yet
}

// Add adds a number.
func (s *DecimalSum) Add(d Decimal) {
	if s.wide == nil {
		sum, err := s.sum.Add(d)
		if err == nil {
			s.sum = sum
			return
		}
		s.wide = s.sum.units()
	}
	s.wide.Add(s.wide, d.units())
}

// Value is the sum. The error is ErrDecimalRange.
func (s *DecimalSum) Value() (Decimal, error) {
	if s.wide == nil {
		return s.sum, nil
	}
	return fromWide(s.wide.Sign() < 0, new(apd.BigInt).Abs(s.wide), MaxDigits)
}

// Mean is the sum divided by n, to 38 significant digits of which at most so
// many are behind the point; what lies half-way goes to the even neighbour.
func (s *DecimalSum) Mean(n int64, places int) (Decimal, error) {
	total := s.wide
	if total == nil {
		total = s.sum.units()
	}
	units := new(apd.BigInt).Mul(apd.NewBigInt(n), widePow10(MaxDigits))
	return quoWide(total.Sign() < 0, new(apd.BigInt).Abs(total), units, places)
}

// units is d in units of 10^-38.
func (d Decimal) units() *apd.BigInt {
	n := d.size.wide()
	n.Mul(n, widePow10(MaxDigits-int(d.scale)))
	if d.negative {
		n.Neg(n)
	}
	return n
}
