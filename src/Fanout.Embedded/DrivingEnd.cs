namespace Fanout.Embedded;

/// <summary>Why an engine stopped driving a root.</summary>
public enum DrivingEnd
{
    /// <summary>The root and all its sub-orchestrations have ended.</summary>
    Ended,

    /// <summary>It was asked to stop; anyone may go on.</summary>
    Detached,

    /// <summary>Another process has taken it over.</summary>
    LeaseLost,
}
