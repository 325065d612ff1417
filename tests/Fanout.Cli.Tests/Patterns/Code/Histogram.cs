using Fanout.Results;

namespace Fanout.Cli.Tests.Patterns.Code;

// README: reducer
/// <summary>How many receipts there are of each size.</summary>
public sealed class Histogram : IReducer<Receipt, Dictionary<string, int>>
{
    public Dictionary<string, int> Zero => [];

    public Dictionary<string, int> Add(Dictionary<string, int> state, Receipt receipt) =>
        Merge(state, new() { [receipt.Paid < 100 ? "small" : "large"] = 1 });

    public Dictionary<string, int> Merge(Dictionary<string, int> left, Dictionary<string, int> right)
    {
        foreach (var (size, count) in right)
            left[size] = left.GetValueOrDefault(size) + count;
        return left;
    }
}

// README end
