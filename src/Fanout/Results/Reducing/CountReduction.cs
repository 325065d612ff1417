using System.Globalization;

namespace Fanout.Results;

/// <summary><c>count</c>: how many items succeeded, whatever their outputs.</summary>
internal sealed class CountReduction : IReduction
{
    public string Name => "count";

    public IAccumulator Start(string? state) => new Accumulator(Parse(state));

    public string? Merge(string? left, string? right) =>
        left is null ? right : right is null ? left : Format(checked(Parse(left) + Parse(right)));

    public string Result(string? state) => Format(Parse(state));

    private static long Parse(string? state) => state is null ? 0 : long.Parse(state, CultureInfo.InvariantCulture);

    private static string Format(long count) => count.ToString(CultureInfo.InvariantCulture);

    private sealed class Accumulator(long count) : IAccumulator
    {
        private long _count = count;

        public void Add(ReadOnlySpan<byte> output) => _count++;

        public string Save() => Format(_count);
    }
}
