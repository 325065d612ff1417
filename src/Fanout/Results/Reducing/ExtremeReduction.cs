namespace Fanout.Results;

/// <summary><c>min</c> and <c>max</c>: the smallest or largest output; null counts as nothing, and of nothing there is none.</summary>
internal sealed class ExtremeReduction : IReduction
{
    private const string None = "null";

    private readonly int _sign;

    private ExtremeReduction(string name, int sign) => (Name, _sign) = (name, sign);

    public static ExtremeReduction Min { get; } = new("min", -1);

    public static ExtremeReduction Max { get; } = new("max", 1);

    public string Name { get; }

    public IAccumulator Start(string? state) => new Accumulator(this, Parse(state));

    public string? Merge(string? left, string? right) =>
        left is null ? right : right is null ? left : Format(Pick(Parse(left), Parse(right)));

    public string? Result(string? state) => Parse(state)?.ToString();

    private static ExactNumber? Parse(string? state) => state is null or None ? null : ExactNumberParser.ParseState(state);

    private static string Format(ExactNumber? number) => number?.ToString() ?? None;

    private ExactNumber? Pick(ExactNumber? left, ExactNumber? right) =>
        left is null ? right
        : right is null ? left
        : left.Value.CompareTo(right.Value) * _sign >= 0 ? left : right;

    private sealed class Accumulator(ExtremeReduction reduction, ExactNumber? start) : IAccumulator
    {
        private ExactNumber? _best = start;

        public void Add(ReadOnlySpan<byte> output)
        {
            var text = NumberOutput.Find(output);
            if (text.IsEmpty)
                return;
            if (ExactNumberParser.TryParse(text, out var number) is { } problem)
                throw new NotANumberException(output, problem);
            _best = reduction.Pick(_best, number);
        }

        public string Save() => Format(_best);
    }
}
