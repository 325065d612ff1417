namespace Fanout.Diagnostics.Stacks;

/// <summary>A frame, as it was reached from the frames above it.</summary>
/// <param name="name">What it is called.</param>
public sealed class FlameNode(string name)
{
    private readonly Dictionary<string, FlameNode> _children = new(StringComparer.Ordinal);

    /// <summary>What it is called.</summary>
    public string Name { get; } = name;

    /// <summary>What was counted in it and in what it called.</summary>
    public long Total { get; private set; }

    /// <summary>What was counted in itself.</summary>
    public long Self { get; private set; }

    /// <summary>What it called, the heaviest first; of one weight by name.</summary>
    public IEnumerable<FlameNode> Children => _children.Values.OrderByDescending(child => child.Total).ThenBy(child => child.Name, StringComparer.Ordinal);

    internal FlameNode Enter(string name, long weight)
    {
        if (!_children.TryGetValue(name, out var child))
            _children.Add(name, child = new FlameNode(name));
        child.Total += weight;
        return child;
    }

    internal void AddTotal(long weight) => Total += weight;

    internal void AddSelf(long weight) => Self += weight;
}
