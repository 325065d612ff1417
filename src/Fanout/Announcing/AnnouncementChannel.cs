namespace Fanout.Announcing;

/// <summary>A way in which the end of a run is told.</summary>
public enum AnnouncementChannel
{
    /// <summary>A request to a URL.</summary>
    Webhook,

    /// <summary>A message to a queue.</summary>
    Queue,
}
