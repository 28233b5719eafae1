using Microsoft.Extensions.Logging;
using Prunella.Sandbox.Api;
using Prunella.Sandbox.Registry;
using Prunella.Sandbox.Storage;

namespace Prunella.Sandbox.Controllers;

/// <summary>An object's namespace and name.</summary>
internal readonly record struct ObjectKey(string Namespace, string Name)
{
    public static ObjectKey Of(StoredObject item) => new(item.Namespace, item.Name);
}

/// <summary>Brings one kind of object to its wanted state. Called on the simulation's thread, under the store's gate.</summary>
internal abstract class Controller
{
    /// <summary>Set once, before the loop starts.</summary>
    public Simulation Simulation { get; set; } = null!;

    protected ObjectRegistry Registry => Simulation.Registry;
    protected ObjectStore Store => Simulation.Registry.Store;
    protected DateTimeOffset Now => Simulation.Now;

    /// <summary>Sees every write; enqueues the keys it concerns and does nothing else.</summary>
    public abstract void Observe(StoredObject item, StoredObject? before, ChangeKind kind);

    public abstract void Reconcile(ObjectKey key);

    protected void Enqueue(ObjectKey key) => Simulation.Enqueue(this, key);

    protected void EnqueueAt(DateTimeOffset due, ObjectKey key) => Simulation.At(due, () => Simulation.Enqueue(this, key));
}

/// <summary>
/// Runs controllers and kubelets as a discrete-event loop: changed keys first, then timers in the order they are due.
/// A clock that jumps is caught up with event by event, each at its own moment.
/// </summary>
internal sealed partial class Simulation(ObjectRegistry registry, TimeProvider time, ILogger logger, CancellationToken stopping) : IDisposable
{
    private const int FailuresMax = 5;
    private static readonly TimeSpan batch = TimeSpan.FromMilliseconds(10);
    private readonly PriorityQueue<Action, (DateTimeOffset Due, long Number)> timers = new();
    private readonly Queue<(StoredObject Item, StoredObject? Before, ChangeKind Kind)> notes = new();
    private readonly Queue<(Controller Controller, ObjectKey Key)> dirty = new();
    private readonly HashSet<(Controller, ObjectKey)> queued = [];
    private readonly Dictionary<(Controller, ObjectKey), int> failures = [];
    private readonly List<Controller> controllers = [];
    private readonly SemaphoreSlim signal = new(0, 1);
    private readonly List<TaskCompletionSource> settling = [];
    private long timerNumber;
    private DateTimeOffset? catchingUpAt;

    public ObjectRegistry Registry { get; } = registry;

    /// <summary>The moment being simulated.</summary>
    public DateTimeOffset Now => catchingUpAt ?? time.GetUtcNow();

    public void Add(Controller controller)
    {
        controller.Simulation = this;
        controllers.Add(controller);
    }

    public void Note(StoredObject item, StoredObject? before, ChangeKind kind)
    {
        notes.Enqueue((item, before, kind));
        Wake();
    }

    public void Enqueue(Controller controller, ObjectKey key)
    {
        if (queued.Add((controller, key))) dirty.Enqueue((controller, key));
    }

    /// <summary>Runs an action at a moment, or as soon as possible when it has passed.</summary>
    public void At(DateTimeOffset due, Action action)
    {
        lock (Registry.Store.Gate) timers.Enqueue(action, (due, timerNumber++));
        Wake();
    }

    public void Wake()
    {
        if (signal.CurrentCount == 0)
        {
            try
            {
                signal.Release();
            }
            catch (SemaphoreFullException)
            {
                // two wakers at once: one signal is enough
            }
        }
    }

    /// <summary>Completes when nothing is left to do at the present moment.</summary>
    public Task SettleAsync(CancellationToken token)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (Registry.Store.Gate) settling.Add(done);
        Wake();
        return done.Task.WaitAsync(token);
    }

    public async Task RunAsync()
    {
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                if (Step(out var nextDue)) continue;
                if (nextDue is not { } due)
                {
                    await signal.WaitAsync(stopping);
                    continue;
                }

                using var timer = time.CreateTimer(static state => ((Simulation)state!).Wake(), this, Max(due - time.GetUtcNow(), TimeSpan.Zero), Timeout.InfiniteTimeSpan);
                await signal.WaitAsync(stopping);
            }
        }
        catch (OperationCanceledException)
        {
            // the cluster stops
        }
    }

    public void Dispose() => signal.Dispose();

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    // One unit of work under the gate, so that clients get their turn between any two.
    private bool Step(out DateTimeOffset? nextDue)
    {
        nextDue = null;
        lock (Registry.Store.Gate)
        {
            if (notes.TryDequeue(out var note))
            {
                foreach (var controller in controllers) controller.Observe(note.Item, note.Before, note.Kind);
                return true;
            }

            if (dirty.TryDequeue(out var next))
            {
                queued.Remove(next);
                Guarded(next.Controller, next.Key, () => next.Controller.Reconcile(next.Key));
                return true;
            }

            if (timers.TryPeek(out var action, out var priority))
            {
                var present = time.GetUtcNow();
                if (priority.Due <= present)
                {
                    // What is due together is done together, so that a controller of 2 000 pods looks once and not 2 000 times.
                    var end = priority.Due + batch < present ? priority.Due + batch : present;
                    while (timers.TryPeek(out action, out priority) && priority.Due <= end)
                    {
                        timers.Dequeue();
                        catchingUpAt = priority.Due > (catchingUpAt ?? DateTimeOffset.MinValue) ? priority.Due : catchingUpAt;
                        Guarded(null, default, action);
                    }

                    return true;
                }

                nextDue = priority.Due;
            }

            catchingUpAt = null;
            foreach (var waiting in settling) waiting.TrySetResult();
            settling.Clear();
            return false;
        }
    }

    // A controller that throws must not stop the cluster; it is tried again, less and less often.
    private void Guarded(Controller? controller, ObjectKey key, Action work)
    {
        try
        {
            work();
            if (controller is not null) failures.Remove((controller, key));
        }
        catch (ApiStatusException e) when (controller is not null)
        {
            Retry(controller, key, e);
        }
#pragma warning disable CA1031 // the top of the loop
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFailure(e, controller?.GetType().Name ?? "timer", key.Namespace, key.Name);
            if (controller is not null) Retry(controller, key, e);
        }
    }

    private void Retry(Controller controller, ObjectKey key, Exception e)
    {
        var count = failures.GetValueOrDefault((controller, key)) + 1;
        failures[(controller, key)] = count;
        if (count == FailuresMax) LogGivingUp(controller.GetType().Name, key.Namespace, key.Name, e.Message);
        var delay = TimeSpan.FromMilliseconds(Math.Min(60_000, 50 << Math.Min(count, 12)));
        At(Now + delay, () => Enqueue(controller, key));
    }

    [LoggerMessage(7001, LogLevel.Error, "{Controller} failed on {Namespace}/{Name}")]
    private partial void LogFailure(Exception e, string controller, string @namespace, string name);

    [LoggerMessage(7002, LogLevel.Debug, "{Controller} keeps failing on {Namespace}/{Name}: {Reason}")]
    private partial void LogGivingUp(string controller, string @namespace, string name, string reason);
}
