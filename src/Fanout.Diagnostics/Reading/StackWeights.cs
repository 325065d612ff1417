using Fanout.Diagnostics.Stacks;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Etlx;

namespace Fanout.Diagnostics.Reading;

/// <summary>Adds weights up by stack first: the same stack comes thousands of times, and is named once.</summary>
/// <param name="leavesOut">Says of a frame, from the innermost on, that it only tells how the event came about; those are left out until the first that is not.</param>
internal sealed class StackWeights(Func<string, bool> leavesOut)
{
    private readonly Dictionary<(CallStackIndex Stack, string? Leaf), (TraceCallStack Frames, long Weight)> _weights = [];
    private readonly Dictionary<CodeAddressIndex, string> _names = [];

    /// <summary>Events that were added.</summary>
    public long Events { get; private set; }

    /// <summary>Adds an event; one without a stack is left out.</summary>
    /// <param name="data">The event.</param>
    /// <param name="weight">What it weighs.</param>
    /// <param name="leaf">A frame below its stack's; null: none.</param>
    public void Add(TraceEvent data, long weight, string? leaf)
    {
        if (data.CallStack() is { } stack)
            Add(stack, weight, leaf);
    }

    /// <summary>Adds an event that happened there.</summary>
    /// <param name="stack">Where.</param>
    /// <param name="weight">What it weighs.</param>
    /// <param name="leaf">A frame below its stack's; null: none.</param>
    public void Add(TraceCallStack stack, long weight, string? leaf)
    {
        Events++;
        var key = (stack.CallStackIndex, leaf);
        _weights[key] = (stack, _weights.GetValueOrDefault(key).Weight + weight);
    }

    /// <summary>All of it, as a tree.</summary>
    public FlameTree Merge()
    {
        var tree = new FlameTree();
        var frames = new List<string>();
        foreach (var ((_, leaf), (stack, weight)) in _weights)
        {
            frames.Clear();
            for (var frame = stack; frame is not null; frame = frame.Caller)
            {
                var name = NameOf(frame.CodeAddress);
                if (frames.Count > 0 || !leavesOut(name))
                    frames.Add(name);
            }

            frames.Reverse();
            if (!string.IsNullOrEmpty(leaf))
                frames.Add(leaf);
            tree.Add(frames, weight);
        }

        return tree;
    }

    private string NameOf(TraceCodeAddress address)
    {
        if (!_names.TryGetValue(address.CodeAddressIndex, out var name))
            _names.Add(address.CodeAddressIndex, name = FrameName.Of(address.FullMethodName, address.ModuleName));
        return name;
    }
}
