namespace Fanout.Diagnostics.Stacks;

/// <summary>Call stacks, merged from the outermost frame on: what several have in common is there once, with their weights added.</summary>
public sealed class FlameTree
{
    /// <summary>Frames of a stack that are kept, from the outermost on; what is deeper counts for the last of them. 1,000.</summary>
    public const int DeepestFrame = 1_000;

    /// <summary>Everything.</summary>
    public FlameNode Root { get; } = new("all");

    /// <summary>Adds a stack.</summary>
    /// <param name="frames">Its frames, the outermost first.</param>
    /// <param name="weight">What it weighs, at least 0.</param>
    public void Add(IEnumerable<string> frames, long weight)
    {
        ArgumentNullException.ThrowIfNull(frames);
        ArgumentOutOfRangeException.ThrowIfNegative(weight);
        var node = Root;
        node.AddTotal(weight);
        foreach (var frame in frames.Take(DeepestFrame))
            node = node.Enter(frame, weight);
        node.AddSelf(weight);
    }

    /// <summary>What each method weighs over all stacks. One that calls itself counts once a stack, so that no total exceeds the whole.</summary>
    public IReadOnlyList<MethodWeight> Methods()
    {
        var weights = new Dictionary<string, MethodWeight>(StringComparer.Ordinal);
        var above = new Dictionary<string, int>(StringComparer.Ordinal);
        var open = new Stack<(FlameNode Node, bool IsLeaving)>(Root.Children.Select(child => (child, false)));
        while (open.TryPop(out var at))
        {
            if (at.IsLeaving)
            {
                above[at.Node.Name]--;
                continue;
            }

            var depth = above.GetValueOrDefault(at.Node.Name);
            above[at.Node.Name] = depth + 1;
            var known = weights.GetValueOrDefault(at.Node.Name, new MethodWeight(at.Node.Name, 0, 0));
            weights[at.Node.Name] = known with { Self = known.Self + at.Node.Self, Total = known.Total + (depth == 0 ? at.Node.Total : 0) };
            open.Push((at.Node, true));
            foreach (var child in at.Node.Children)
                open.Push((child, false));
        }

        return [.. weights.Values.OrderByDescending(method => method.Self).ThenByDescending(method => method.Total).ThenBy(method => method.Name, StringComparer.Ordinal)];
    }
}

/// <summary>What a method weighs over all stacks.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Self">What was counted in itself.</param>
/// <param name="Total">What was counted in itself and in what it called.</param>
public sealed record MethodWeight(string Name, long Self, long Total);
