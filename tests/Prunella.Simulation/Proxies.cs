using System.Reflection;

namespace Prunella.Simulation;

/// <summary>Counts the calls that leave the process, and dies at a given one: before it is made, or after it was made and before its answer arrives.</summary>
internal sealed class Mortal
{
    private int left = int.MaxValue;
    private bool after;

    public bool Dead { get; private set; }

    public void DieAtCall(int number, bool afterwards) => (left, after) = (number, afterwards);

    public object? Call(Func<object?> call)
    {
        if (Dead) throw new World.KilledException();
        if (--left > 0) return call();
        Dead = true;
        if (after) call();
        throw new World.KilledException();
    }
}

/// <summary>Puts a <see cref="Mortal"/> between the process and an interface.</summary>
#pragma warning disable CA1852 // DispatchProxy derives from it at run time.
internal class MortalProxy<T> : DispatchProxy where T : class
#pragma warning restore CA1852
{
    private T inner = null!;
    private Mortal mortal = null!;

    public static T Of(T inner, Mortal mortal)
    {
        var proxy = Create<T, MortalProxy<T>>();
        ((MortalProxy<T>)(object)proxy).inner = inner;
        ((MortalProxy<T>)(object)proxy).mortal = mortal;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        // Properties are not calls to the outside.
        if (targetMethod!.IsSpecialName || !typeof(Task).IsAssignableFrom(targetMethod.ReturnType)) return Unwrapped(targetMethod, args);
        return mortal.Call(() => Unwrapped(targetMethod, args));
    }

    private object? Unwrapped(MethodInfo method, object?[]? args)
    {
        try
        {
            return method.Invoke(inner, args);
        }
        catch (TargetInvocationException wrapped)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(wrapped.InnerException!);
            return null;
        }
    }
}
