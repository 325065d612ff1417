namespace Fanout.Results;

/// <summary><c>sum</c>: the exact sum of the outputs; null counts as nothing.</summary>
internal sealed class SumReduction : IReduction
{
    public string Name => "sum";

    public IAccumulator Start(string? state) => new Accumulator(Parse(state));

    public string? Merge(string? left, string? right) =>
        left is null ? right : right is null ? left : (Parse(left) + Parse(right)).ToString();

    public string Result(string? state) => Parse(state).ToString();

    private static ExactNumber Parse(string? state) => state is null ? default : ExactNumberParser.ParseState(state);

    private sealed class Accumulator(ExactNumber start) : IAccumulator
    {
        /// <summary>Partial sums of short numbers by scale: plain additions until one overflows.</summary>
        private readonly long[] _short = new long[16];

        private ExactNumber _sum = start;

        public void Add(ReadOnlySpan<byte> output)
        {
            var text = NumberOutput.Find(output);
            if (text.IsEmpty)
                return;
            if (ExactNumberParser.TryParseShort(text, out var unscaled, out var scale))
                AddShort(unscaled, scale);
            else if (ExactNumberParser.TryParse(text, out var number) is { } problem)
                throw new NotANumberException(output, problem);
            else
                _sum += number;
        }

        public string Save()
        {
            for (var scale = 0; scale < _short.Length; scale++)
            {
                _sum += new ExactNumber(_short[scale], scale);
                _short[scale] = 0;
            }

            return _sum.ToString();
        }

        private void AddShort(long unscaled, int scale)
        {
            ref var partial = ref _short[scale];
            var next = unchecked(partial + unscaled);
            // Signed overflow: both operands have one sign and the sum has the other (Warren, Hacker's Delight, 2-13).
            if (((partial ^ next) & (unscaled ^ next)) < 0)
            {
                _sum += new ExactNumber(partial, scale);
                next = unscaled;
            }

            partial = next;
        }
    }
}
